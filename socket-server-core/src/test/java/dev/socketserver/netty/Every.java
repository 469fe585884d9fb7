package dev.socketserver.netty;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests that run once for each of what {@link ServerFixture} has.
 */
public final class Every {

	private Every() {
	}

	/** On each transport that this machine has. */
	@ParameterizedTest
	@MethodSource("dev.socketserver.netty.ServerFixture#everyTransport")
	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	public @interface Transport {

	}

	/** On each transport that is used without being asked for. */
	@ParameterizedTest
	@MethodSource("dev.socketserver.netty.ServerFixture#transports")
	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	public @interface DefaultTransport {

	}

	/** On each of those, and on all with the profile {@code soak}. */
	@ParameterizedTest
	@MethodSource("dev.socketserver.netty.ServerFixture#mostTransports")
	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	public @interface SoakTransport {

	}

	/** On the first of those, and on all with the profile {@code soak}. */
	@ParameterizedTest
	@MethodSource("dev.socketserver.netty.ServerFixture#oneTransport")
	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	public @interface OneTransport {

	}

	/** In each way in which a session can run: transport, mode, TLS. */
	@ParameterizedTest
	@MethodSource("dev.socketserver.netty.ServerFixture#ways")
	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	public @interface Way {

	}

	/** In each way in which a handler that blocks can run. */
	@ParameterizedTest
	@MethodSource("dev.socketserver.netty.ServerFixture#blockingWays")
	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	public @interface BlockingWay {

	}

	/** In each mode of execution. */
	@ParameterizedTest
	@MethodSource("dev.socketserver.netty.ServerFixture#modes")
	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	public @interface Mode {

	}

	/** In each mode of execution that is not on an event loop. */
	@ParameterizedTest
	@MethodSource("dev.socketserver.netty.ServerFixture#offLoopModes")
	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	public @interface OffLoopMode {

	}

}
