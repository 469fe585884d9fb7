package dev.socketserver.autoconfigure.actuate;

import dev.socketserver.actuate.SocketClientsEndpoint;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Configuration properties for the {@link SocketClientsEndpoint}.
 */
@ConfigurationProperties("management.endpoint.socketclients")
public class SocketClientsEndpointProperties extends ShowValuesProperties {

}
