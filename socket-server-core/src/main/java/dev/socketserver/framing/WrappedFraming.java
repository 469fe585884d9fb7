package dev.socketserver.framing;

/**
 * A framing with keys that all framings have around another one; where it does not say
 * otherwise it is as that one.
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

	/** Whether a payload that is not empty goes to the other one as it is. */
	boolean encodesAsWrapped() {
		return true;
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		this.framing.encode(payload, out);
	}

}
