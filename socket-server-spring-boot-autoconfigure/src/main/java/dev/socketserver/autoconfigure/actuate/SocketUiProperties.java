package dev.socketserver.autoconfigure.actuate;

import dev.socketserver.actuate.ui.SocketUiEndpoint;
import dev.socketserver.autoconfigure.properties.StrictKeys;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Configuration properties for the page of the {@link SocketUiEndpoint}.
 *
 * @param docsUrl where the pages of the documentation of this version are, as a site that
 * MkDocs has built. The page for operators links to them. Without it there are no links.
 */
@ConfigurationProperties("socket.ui")
@StrictKeys({})
public record SocketUiProperties(@Nullable String docsUrl) {

	/**
	 * Checks that browsers may be led there.
	 * @throws IllegalArgumentException if it is neither an address of HTTP nor a path
	 */
	public SocketUiProperties {
		if (docsUrl != null && !docsUrl.isEmpty() && !docsUrl.matches("(https?:/)?/.*")) {
			throw new IllegalArgumentException("socket.ui.docs-url is '" + docsUrl
					+ "', but must begin with https://, http:// or /, such as https://docs.example.com/socket-server");
		}
	}

	/** Returns it without a slash at the end; empty if it is not set. */
	String folder() {
		return (this.docsUrl != null) ? this.docsUrl.strip().replaceFirst("/+$", "") : "";
	}

}
