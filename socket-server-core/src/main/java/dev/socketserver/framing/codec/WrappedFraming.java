package dev.socketserver.framing.codec;

import java.util.List;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import org.jspecify.annotations.Nullable;

/**
 * A framing around another one, for the keys that all framings have. Whatever it does not
 * override, it leaves to the other one.
 */
public abstract class WrappedFraming implements Framing {

	protected final Framing framing;

	protected WrappedFraming(Framing framing) {
		this.framing = framing;
	}

	/**
	 * Returns a framing without its wrappers for the keys that all framings have.
	 * @param framing any framing
	 * @return the innermost one, which is no wrapper
	 */
	public static Framing innermost(Framing framing) {
		return (framing instanceof WrappedFraming wrapped) ? innermost(wrapped.framing) : framing;
	}

	/**
	 * Returns the outermost wrapper of a kind.
	 * @param framing any framing
	 * @param kind the kind
	 * @return the wrapper, or {@code null} if there is none of it
	 */
	public static <T extends WrappedFraming> @Nullable T find(Framing framing, Class<T> kind) {
		if (kind.isInstance(framing)) {
			return kind.cast(framing);
		}
		return (framing instanceof WrappedFraming wrapped) ? find(wrapped.framing, kind) : null;
	}

	/** Returns the other framing. */
	public Framing wrapped() {
		return this.framing;
	}

	/** Whether its frames are within datagrams. */
	public boolean ofDatagrams() {
		return false;
	}

	@Override
	public String type() {
		return this.framing.type();
	}

	@Override
	public List<byte[]> ends() {
		return this.framing.ends();
	}

	@Override
	public boolean switchable() {
		return this.framing.switchable();
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return this.framing.decoder(maxFrameBytes);
	}

	/**
	 * Whether payloads, except empty ones, are passed unchanged to the other framing when
	 * they are sent.
	 */
	protected boolean encodesAsWrapped() {
		return true;
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		this.framing.encode(payload, out);
	}

}
