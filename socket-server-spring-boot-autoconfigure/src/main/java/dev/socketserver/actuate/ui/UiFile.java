package dev.socketserver.actuate.ui;

import java.util.Map;
import java.util.function.BiConsumer;

import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.util.MimeType;
import org.springframework.util.MimeTypeUtils;

/**
 * What a request is answered with.
 *
 * @param body the body
 * @param type what it is
 * @param caching how long browsers may keep it
 */
record UiFile(Object body, MimeType type, String caching) {

	/**
	 * The page loads and runs only what the endpoint serves, whatever text of a peer it
	 * shows. Trusted Types make even {@code innerHTML} an error.
	 */
	private static final String POLICY = String.join("; ", "default-src 'none'", "connect-src 'self'", "img-src 'self'",
			"script-src 'self'", "style-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
			"require-trusted-types-for 'script'", "trusted-types 'none'");

	private static final Map<String, String> HEADERS = Map.of("Content-Security-Policy", POLICY,
			"X-Content-Type-Options", "nosniff", "Referrer-Policy", "no-referrer");

	/** Asked for again each time: a new version of the application has a new page. */
	static final String REVALIDATED = "no-cache";

	/** Never kept: it holds a secret, or is old at once. */
	static final String SECRET = "no-store";

	/** What holds for the moment only. */
	static UiFile json(Object body) {
		return new UiFile(body, MimeTypeUtils.APPLICATION_JSON, SECRET);
	}

	WebEndpointResponse<Object> respond(BiConsumer<String, String> headers) {
		HEADERS.forEach(headers);
		headers.accept("Cache-Control", this.caching);
		return new WebEndpointResponse<>(this.body, this.type);
	}

}
