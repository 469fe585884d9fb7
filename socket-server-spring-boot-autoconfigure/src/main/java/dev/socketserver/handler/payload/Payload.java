package dev.socketserver.handler.payload;

/** What a frame becomes for the handler. */
public enum Payload {

	/** What the handler's declared type asks for. */
	AUTO,

	/** Text. */
	TEXT,

	/** Bytes. */
	BYTES,

	/** The handler's declared type, read from and written as JSON. */
	JSON

}
