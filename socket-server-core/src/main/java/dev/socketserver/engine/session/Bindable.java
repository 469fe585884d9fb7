package dev.socketserver.engine.session;

import java.net.InetSocketAddress;

import org.jspecify.annotations.Nullable;

/**
 * A session as {@link SessionBindings} see it. What it has is guarded by its monitor.
 */
interface Bindable {

	/** The older of two sessions has the smaller one. */
	long number();

	String id();

	/** Whether nothing may be bound to it any more. */
	boolean closing();

	/** The address of its peer. */
	InetSocketAddress remoteAddress();

	/** Closes the session, since another one has taken over an identity of it. */
	void replaced(String type, String id, String by, @Nullable InetSocketAddress address);

	SessionBindings.@Nullable Memberships memberships();

	void memberships(SessionBindings.@Nullable Memberships memberships);

}
