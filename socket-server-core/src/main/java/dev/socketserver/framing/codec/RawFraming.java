package dev.socketserver.framing.codec;

import dev.socketserver.framing.FrameDecoder;

/**
 * Bytes as they are received: the bytes of one read are passed on as one payload, or as
 * several if there are more than {@code maxFrameBytes}.
 */
public final class RawFraming implements PlainFraming {

	public static final RawFraming INSTANCE = new RawFraming();

	private RawFraming() {
	}

	@Override
	public String type() {
		return "raw";
	}

	@Override
	public boolean passThrough() {
		return true;
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return (in) -> {
			int length = Math.min(in.remaining(), maxFrameBytes);
			if (length == 0) {
				return false;
			}
			int start = in.position();
			in.frame(start, start + length, start + length);
			return true;
		};
	}

}
