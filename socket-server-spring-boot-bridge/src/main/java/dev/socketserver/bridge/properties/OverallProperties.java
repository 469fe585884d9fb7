package dev.socketserver.bridge.properties;

import dev.socketserver.autoconfigure.durable.SchemaInitialization;
import dev.socketserver.autoconfigure.properties.StrictKeys;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The bridges of all servers. Needs socket-server-spring-boot-starter-bridge.
 *
 * @param requireDurable Whether a database that would forget what it has committed fails
 * the start.
 * @param initializeSchema When to make the table socket_inbox; a file of H2 is embedded,
 * too.
 */
@ConfigurationProperties("socket.bridge")
@StrictKeys({})
public record OverallProperties(@DefaultValue("true") boolean requireDurable,
		@DefaultValue("embedded") SchemaInitialization initializeSchema) {

}
