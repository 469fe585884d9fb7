package dev.socketserver.autoconfigure.actuate;

import dev.socketserver.actuate.SocketServersEndpoint;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Configuration properties for the {@link SocketServersEndpoint}.
 */
@ConfigurationProperties("management.endpoint.socketservers")
public class SocketServersEndpointProperties extends ShowValuesProperties {

}
