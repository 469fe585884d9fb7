package dev.socketserver.framing;

/**
 * A framing under another type word, or one that a handler may change. Decoding goes
 * straight to the framing it stands for.
 */
final class NamedFraming implements Framing {

	private final Framing framing;

	private final String type;

	private final boolean switchable;

	NamedFraming(Framing framing, String type, boolean switchable) {
		this.framing = framing;
		this.type = type;
		this.switchable = switchable;
	}

	Framing framing() {
		return this.framing;
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

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return this.framing.decoder(maxFrameBytes);
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		this.framing.encode(payload, out);
	}

}
