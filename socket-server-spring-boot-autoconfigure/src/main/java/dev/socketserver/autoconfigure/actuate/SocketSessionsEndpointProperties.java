package dev.socketserver.autoconfigure.actuate;

import dev.socketserver.actuate.SocketSessionsEndpoint;

import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Configuration properties for the {@link SocketSessionsEndpoint}.
 */
@ConfigurationProperties("management.endpoint.socketsessions")
public class SocketSessionsEndpointProperties extends ShowValuesProperties {

	/**
	 * Creates the properties, with their defaults.
	 */
	public SocketSessionsEndpointProperties() {
		super(Show.NEVER);
	}

}
