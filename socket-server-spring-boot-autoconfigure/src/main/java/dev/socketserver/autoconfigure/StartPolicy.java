package dev.socketserver.autoconfigure;

import dev.socketserver.autoconfigure.SocketProperties.OnStartFailure;

/**
 * When and how a configured server starts.
 *
 * @param auto whether it starts with the application
 * @param await whether the application waits until it listens
 * @param onFailure what happens when it cannot listen
 */
record StartPolicy(boolean auto, boolean await, OnStartFailure onFailure) {

	/** What holds unless the properties say otherwise. */
	static final StartPolicy DEFAULT = new StartPolicy(true, true, OnStartFailure.FAIL);

}
