package dev.socketserver.engine.tap;

import dev.socketserver.SocketSession;

/** A session that can be tapped. Any thread. */
public interface Tappable extends SocketSession {

	/** Whether it is a connection of a client. */
	boolean isOfClient();

	/** Has a sink take what comes and goes from now on. */
	void tap(TapSink sink);

	/** Undoes {@link #tap}. */
	void untap(TapSink sink);

}
