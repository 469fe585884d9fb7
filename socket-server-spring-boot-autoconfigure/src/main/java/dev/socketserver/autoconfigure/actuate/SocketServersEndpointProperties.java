package dev.socketserver.autoconfigure.actuate;

import java.util.HashSet;
import java.util.Set;

import dev.socketserver.actuate.SocketServersEndpoint;

import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Configuration properties for the {@link SocketServersEndpoint}.
 */
@ConfigurationProperties("management.endpoint.socketservers")
public class SocketServersEndpointProperties {

	/**
	 * When to show the unsanitized reason why a server could not start.
	 */
	private Show showValues = Show.ALWAYS;

	/**
	 * Roles used to determine whether a user is authorized to be shown unsanitized
	 * values. When empty, all authenticated users are authorized.
	 */
	private final Set<String> roles = new HashSet<>();

	public Show getShowValues() {
		return this.showValues;
	}

	public void setShowValues(Show showValues) {
		this.showValues = showValues;
	}

	public Set<String> getRoles() {
		return this.roles;
	}

}
