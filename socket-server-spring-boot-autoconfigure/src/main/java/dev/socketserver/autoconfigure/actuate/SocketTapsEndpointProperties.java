package dev.socketserver.autoconfigure.actuate;

import dev.socketserver.actuate.tap.SocketTapsEndpoint;

import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Configuration properties for the {@link SocketTapsEndpoint}.
 */
@ConfigurationProperties("management.endpoint.sockettaps")
public class SocketTapsEndpointProperties extends ShowValuesProperties {

	/**
	 * Creates the properties, with their defaults.
	 */
	public SocketTapsEndpointProperties() {
		super(Show.ALWAYS);
	}

}
