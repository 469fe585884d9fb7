package dev.socketserver.demo.frames;

import java.util.function.UnaryOperator;

import dev.socketserver.annotation.SocketHandler;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Sends each frame back. A frame is four bytes of length, and that many bytes after them.
 */
@Configuration(proxyBeanMethods = false)
class FramesConfiguration {

	@Bean
	@SocketHandler("frames")
	UnaryOperator<byte[]> frames() {
		return UnaryOperator.identity();
	}

}
