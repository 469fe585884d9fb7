package dev.socketserver.netty;

import java.util.concurrent.atomic.AtomicReference;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;

/**
 * Lines; something else is done while a session is made.
 *
 * @param meanwhile what is done, once
 */
public record InterruptedFraming(AtomicReference<Runnable> meanwhile) implements Framing {

	/** Creates a framing for one that is made. */
	public InterruptedFraming(Runnable meanwhile) {
		this(new AtomicReference<>(meanwhile));
	}

	@Override
	public String type() {
		return "interrupted";
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		Runnable task = this.meanwhile.getAndSet(null);
		if (task != null) {
			task.run();
		}
		return Framing.line().decoder(maxFrameBytes);
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		Framing.line().encode(payload, out);
	}

}
