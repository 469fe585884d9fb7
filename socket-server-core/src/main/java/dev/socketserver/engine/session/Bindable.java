package dev.socketserver.engine.session;

import dev.socketserver.CloseStatus;
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

	void close(CloseStatus status);

	SessionBindings.@Nullable Memberships memberships();

	void memberships(SessionBindings.@Nullable Memberships memberships);

}
