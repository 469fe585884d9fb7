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
