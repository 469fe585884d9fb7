package dev.socketserver.framing.wrapper;

import dev.socketserver.framing.Framing;
import dev.socketserver.framing.codec.WrappedFraming;

/**
 * A framing with another type word, or one that a handler may change. Frames are decoded
 * by the wrapped framing itself.
 */
public final class NamedFraming extends WrappedFraming {

	private final String type;

	private final boolean switchable;

	public NamedFraming(Framing framing, String type, boolean switchable) {
		super(framing);
		this.type = type;
		this.switchable = switchable;
	}

	@Override
	public String type() {
		return this.type;
	}

	@Override
	public boolean switchable() {
		return this.switchable;
	}

	@Override
	public boolean passThrough() {
		return this.framing.passThrough();
	}

}
