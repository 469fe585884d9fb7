package dev.socketserver.framing.codec;

import java.util.Locale;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.DropReason;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;

/**
 * What a case of a switch has in place of a framing. Nothing that is sent follows it.
 */
public enum NoFraming implements Framing {

	/** What begins so is refused. */
	REFUSE,

	/** The first byte is dropped, and the case of the next one is decided. */
	DROP;

	/** So many of the bytes that are refused are named. */
	private static final int NAMED = 8;

	/** The word in configuration. */
	@Override
	public String type() {
		return name().toLowerCase(Locale.ROOT);
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return (this == REFUSE) ? NoFraming::refuse : NoFraming::drop;
	}

	private static boolean refuse(FrameInput in) throws FramingException {
		StringBuilder first = new StringBuilder();
		for (int index = in.position(); index < Math.min(in.limit(), in.position() + NAMED); index++) {
			first.append(' ').append(ByteValues.one(in.array()[index]));
		}
		throw new FramingException("a frame begins with" + first + ", which is refused");
	}

	private static boolean drop(FrameInput in) {
		in.skip(in.position() + 1);
		in.dropped(DropReason.SWITCH, 1);
		return false;
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		throw new IllegalArgumentException("nothing that is sent follows '" + type() + "'");
	}

}
