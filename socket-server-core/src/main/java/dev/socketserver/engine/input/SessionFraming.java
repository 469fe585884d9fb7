package dev.socketserver.engine.input;

import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.SessionSpec;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.codec.WrappedFraming;
import dev.socketserver.framing.wrapper.EchoFraming;
import dev.socketserver.framing.wrapper.HeartbeatFraming;
import org.jspecify.annotations.Nullable;

/**
 * A framing as one session uses it.
 *
 * @param framing the framing, with what it needs of one session around it
 * @param decoder decodes frames of one session
 */
public record SessionFraming(Framing framing, FrameDecoder decoder) {

	/**
	 * Makes what one session uses.
	 * @param framing the framing
	 * @param spec what the session is made from
	 * @param unanswered how many empty frames it has sent that are not answered yet;
	 * {@code null} if it has sent none and keeps its framing
	 */
	static SessionFraming of(Framing framing, SessionSpec spec, @Nullable AtomicInteger unanswered) {
		boolean empty = spec.heartbeat() != null && spec.heartbeat().emptyFrames();
		Framing used = empty ? new HeartbeatFraming(framing) : EchoFraming.of(framing, unanswered);
		return new SessionFraming(used, decoder(used, spec));
	}

	/**
	 * Returns the framing of which a session uses this.
	 * @param used the framing, as the session uses it
	 * @return the framing, with nothing of the session
	 */
	public static Framing given(Framing used) {
		boolean own = used instanceof HeartbeatFraming || used instanceof EchoFraming;
		return own ? ((WrappedFraming) used).wrapped() : used;
	}

	/**
	 * Makes a decoder that knows nothing of what another one has decoded.
	 * @param used the framing, as the session uses it
	 * @param spec what the session is made from
	 * @return the decoder
	 */
	public static FrameDecoder decoder(Framing used, SessionSpec spec) {
		return used.decoder(used.passThrough() ? spec.readBuffer() : spec.maxFrameBytes());
	}

}
