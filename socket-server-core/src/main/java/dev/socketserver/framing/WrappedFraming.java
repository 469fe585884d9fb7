package dev.socketserver.framing;

/**
 * A framing around another one, for the keys that all framings have. Whatever it does not
 * override, it leaves to the other one.
 */
abstract class WrappedFraming implements Framing {

	final Framing framing;

	WrappedFraming(Framing framing) {
		this.framing = framing;
	}

	@Override
	public String type() {
		return this.framing.type();
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
	boolean encodesAsWrapped() {
		return true;
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		this.framing.encode(payload, out);
	}

}
