package dev.socketserver.autoconfigure.actuate;

import dev.socketserver.autoconfigure.UpperHandler;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * An application with all that there is, whose servers and clients are those of its
 * properties.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(UpperHandler.class)
class WholeApplication {

}
