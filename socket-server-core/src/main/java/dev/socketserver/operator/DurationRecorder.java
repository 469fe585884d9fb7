package dev.socketserver.operator;

import dev.socketserver.CloseReason;
import dev.socketserver.SessionStatistics;
import dev.socketserver.SessionStatistics.HandlerOutcome;
import dev.socketserver.SessionStatistics.RequestOutcome;
import dev.socketserver.SessionStatistics.TlsOutcome;

/**
 * Receives how long single events have taken of which {@link SessionStatistics} have the
 * number and the sum, for percentiles and maxima. Sessions that end, TLS handshakes and
 * requests to peers are reported one by one. Calls of message handlers are reported once
 * for all that were made in one go and had the same outcome, with their mean.
 */
@FunctionalInterface
public interface DurationRecorder {

	/**
	 * Something has ended. Called on the thread on which it has, which may be an I/O
	 * thread: it must not block nor throw.
	 * @param outcome how: a {@link CloseReason} of a session, a {@link HandlerOutcome} of
	 * calls, a {@link TlsOutcome} of a handshake, or a {@link RequestOutcome}
	 * @param nanos how long it had taken, in nanoseconds
	 */
	void record(Enum<?> outcome, long nanos);

}
