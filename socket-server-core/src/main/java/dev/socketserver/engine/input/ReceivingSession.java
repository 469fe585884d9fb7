package dev.socketserver.engine.input;

import dev.socketserver.CloseStatus;
import dev.socketserver.engine.state.SessionState;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.Framing;

/**
 * A session as its input sees it: what takes what is made of the input. Called on the
 * loop, if not stated otherwise.
 */
public interface ReceivingSession {

	/**
	 * Returns what the parts of the session share. Any thread.
	 * @return the state
	 */
	SessionState state();

	/**
	 * Frames were decoded; the input has counted them. What waits for the handler is one
	 * of these for each, unless it is prepared before:
	 * <ul>
	 * <li>the payload: a {@code String}, a {@code byte[]}, or a {@code ReceivedFrame}
	 * where its time is asked for</li>
	 * <li>a {@code FrameException}, which takes the place of what cannot be a frame</li>
	 * <li>{@code SessionGate.EXCEEDED}, which takes the place of a payload beyond the
	 * rate</li>
	 * </ul>
	 * @param payloads what is handed on, or an {@code Object[]} of several
	 * @param count how many
	 * @param bytes how many bytes they had
	 */
	void frames(Object payloads, int count, int bytes);

	/**
	 * What was received is answered without the handler.
	 * @param bytes the answer
	 * @param framed whether it is framed already; else it is the payload of a heartbeat,
	 * which is no message
	 */
	void answer(byte[] bytes, boolean framed);

	/**
	 * No further frame is received: after those before, the session is to end like this.
	 * @param status how
	 */
	void inputEnded(CloseStatus status);

	/**
	 * The framing has changed: what is added to the output from now on is encoded by
	 * another. Where the handler runs.
	 * @param framing the framing
	 */
	void encodeWith(Framing framing);

	/**
	 * Makes a decoder that knows nothing of what was decoded before. On the loop.
	 * @return a decoder of the framing that the session uses
	 */
	FrameDecoder newDecoder();

	/**
	 * Somebody has resumed reads: frames that wait may be handled. Any thread.
	 * @param byApplication whether the application has
	 * @param last whether reads are not paused otherwise
	 */
	void resumed(boolean byApplication, boolean last);

	/** The peer is read again. */
	void readsAgain();

	/**
	 * Whether the handler takes nothing of a full read buffer. Any thread.
	 * @return {@code true} from then on
	 */
	boolean stalled();

	/**
	 * Ends the session after what was admitted. Any thread.
	 * @param status how it ends, unless that is settled already
	 */
	void close(CloseStatus status);

	/**
	 * Logs a failure, unless there have been many of the kind and type. Its class may be
	 * user code, so that asking for its message may throw. Any thread.
	 * @param kind what failed, among that of all sessions
	 * @param what what failed
	 * @param failure the failure
	 */
	void logFailure(String kind, String what, Throwable failure);

}
