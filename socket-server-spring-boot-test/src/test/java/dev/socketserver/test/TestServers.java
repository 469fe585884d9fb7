package dev.socketserver.test;

import java.util.function.UnaryOperator;

import dev.socketserver.annotation.SocketHandler;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The application under test: {@code echo} speaks lines, {@code frames} frames with a
 * length.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class TestServers {

	static final String ECHO_PORT = "socket.servers.echo.port=4711";

	static final String FRAMES_PORT = "socket.servers.frames.port=4712";

	static final String FRAMES_FRAMING = "socket.servers.frames.framing=length-field";

	@Bean
	@SocketHandler("echo")
	UnaryOperator<String> echo() {
		return UnaryOperator.identity();
	}

	@Bean
	@SocketHandler("frames")
	UnaryOperator<byte[]> frames() {
		return UnaryOperator.identity();
	}

}
