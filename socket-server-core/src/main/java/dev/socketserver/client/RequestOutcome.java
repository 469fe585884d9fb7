package dev.socketserver.client;

/** What became of a request, which is a call of {@link SocketClient#ask}. */
public enum RequestOutcome {

	/** The reply has come in time. */
	SUCCESS,

	/** No reply has come in time, though the server may have the request. */
	TIMEOUT,

	/**
	 * It was not sent in time: there was no connection, or no room on it
	 * ({@link RequestNotSentException}).
	 */
	NOT_SENT,

	/**
	 * It failed for another reason: the connection was lost before the reply had come,
	 * the client was stopped or closed ({@link ClientClosedException}), there was no room
	 * for the request, or it could not be encoded.
	 */
	FAILURE,

	/**
	 * The application has cancelled or completed the future before the reply had come,
	 * with {@code orTimeout} for example.
	 */
	CANCELLED

}
