package dev.socketserver.autoconfigure.spec;

import dev.socketserver.autoconfigure.properties.ServerDefaults.OnStartFailure;

/**
 * When and how a configured server starts.
 *
 * @param auto whether it starts with the application
 * @param await whether the start of the application waits until the server listens
 * @param onFailure what happens when the server cannot listen
 */
public record StartPolicy(boolean auto, boolean await, OnStartFailure onFailure) {

	/** The policy unless the properties say otherwise. */
	public static final StartPolicy DEFAULT = new StartPolicy(true, true, OnStartFailure.FAIL);

}
