package dev.socketserver.autoconfigure.actuate;

import dev.socketserver.actuate.tap.SocketTapsEndpoint;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Configuration properties for the {@link SocketTapsEndpoint}.
 */
@ConfigurationProperties("management.endpoint.sockettaps")
public class SocketTapsEndpointProperties extends ShowValuesProperties {

}
