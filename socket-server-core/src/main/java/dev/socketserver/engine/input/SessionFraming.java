package dev.socketserver.engine.input;

import dev.socketserver.SessionSpec;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.codec.HeartbeatFraming;

/**
 * A framing as one session uses it.
 *
 * @param framing the framing, with heartbeats around it if they are on
 * @param decoder decodes frames of one session
 */
public record SessionFraming(Framing framing, FrameDecoder decoder) {

	/**
	 * Makes what one session uses.
	 * @param framing the framing
	 * @param spec what the session is made from
	 */
	public static SessionFraming of(Framing framing, SessionSpec spec) {
		Framing used = (spec.heartbeat() != null) ? new HeartbeatFraming(framing) : framing;
		return new SessionFraming(used,
				used.decoder(used.passThrough() ? spec.readBufferBytes() : spec.maxFrameBytes()));
	}

}
