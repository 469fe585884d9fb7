package dev.socketserver.autoconfigure.block;

import dev.socketserver.ServerSpec;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.env.Environment;

/**
 * A block of keys that a module brings to each server. A server inherits them from the
 * shared defaults, as it does its other keys. Such a block is named in
 * {@code META-INF/spring.factories}. It is made when the properties are bound, before any
 * bean, and has no state: what it needs are beans. What a change of a key does while
 * servers run is said in {@code META-INF/socket-server/settings.txt}. If a key that needs
 * a restart changes, other keys of the block that change with it wait for that restart.
 *
 * @param <P> the record of the keys, whose components are {@code null} where nothing is
 * set
 */
public interface ServerBlock<P extends Record> {

	/**
	 * Returns the key of the block within a server.
	 * @return the key, such as {@code bridge}
	 */
	String prefix();

	/**
	 * Returns the record of its keys.
	 * @return the class, which Boot's binder makes by its constructor
	 */
	Class<P> type();

	/**
	 * Checks what the module is asked for beside servers, once at each start.
	 * @param beans has what the module makes
	 * @param environment has the properties
	 * @throws InvalidSocketPropertyException if that cannot work
	 */
	default void check(BeanFactory beans, Environment environment) {
	}

	/**
	 * Whether a server needs no handler of the application.
	 * @param properties what the properties say
	 * @return {@code true} if the block brings what handles the sessions
	 */
	default boolean handles(P properties) {
		return false;
	}

	/**
	 * Adds to a server what the properties say, when its other keys have been. Neither
	 * this, {@link #accept} nor {@link #inForce} is called for a server with a
	 * {@linkplain ReservedHandler reserved handler}: what that inherits is meant for
	 * others.
	 * @param server the server
	 * @param properties what the properties say
	 * @param builder is given what the block adds
	 * @throws InvalidSocketPropertyException if that cannot work
	 */
	default void apply(BlockServer server, P properties, ServerSpec.Builder builder) {
	}

	/**
	 * Checks a server whose other values are right. Nothing is in force by that.
	 * @param server the server
	 * @param properties what the properties say
	 * @param spec its specification; {@code null} if the application completes that
	 * @throws InvalidSocketPropertyException if what they say cannot work
	 */
	default void accept(BlockServer server, P properties, @Nullable ServerSpec spec) {
	}

	/**
	 * Takes note of what is in force from now on: before a server starts, and when its
	 * settings have changed.
	 * @param server the name of the server
	 * @param properties what the properties say, which was accepted
	 * @param beans has what the module makes
	 */
	default void inForce(String server, P properties, BeanFactory beans) {
	}

	/**
	 * Takes note that a server has no such keys any more, or is gone.
	 * @param server the name of the server
	 * @param beans has what the module makes
	 */
	default void gone(String server, BeanFactory beans) {
	}

}
