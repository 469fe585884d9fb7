package dev.socketserver.actuate;

import java.util.Set;

import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;

/**
 * Who may see values that an endpoint hides from others.
 *
 * @param show when to show them
 * @param roles the roles of those who may see them where that depends on the user; empty
 * for everyone who is authenticated
 */
public record Viewers(Show show, Set<String> roles) {

	public Viewers {
		roles = Set.copyOf(roles);
	}

	/**
	 * Returns whether a user may see the values.
	 * @param user who asks
	 * @return {@code true} if the user may
	 */
	public boolean include(SecurityContext user) {
		return this.show.isShown(user, this.roles);
	}

}
