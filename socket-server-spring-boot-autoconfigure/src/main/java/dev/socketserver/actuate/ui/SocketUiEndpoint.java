package dev.socketserver.actuate.ui;

import java.util.Objects;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * {@link WebEndpoint @WebEndpoint} that serves the page for operators under Spring MVC.
 * Reading only: what the page changes, it changes through the other endpoints.
 */
@WebEndpoint(id = "socketui")
@ImportRuntimeHints(UiFiles.Hints.class)
public class SocketUiEndpoint {

	private final UiFiles files;

	/**
	 * Creates the endpoint.
	 * @param settings what the page is given
	 */
	public SocketUiEndpoint(PageSettings settings) {
		this.files = new UiFiles(settings);
	}

	/**
	 * Returns the page.
	 * @return the page
	 */
	@ReadOperation(produces = { MimeTypeUtils.TEXT_HTML_VALUE, MimeTypeUtils.APPLICATION_JSON_VALUE })
	public WebEndpointResponse<Object> socketUi() {
		return respond(this.files.page());
	}

	/**
	 * Returns what the page loads.
	 * @param file the name of a file, or {@code page.json} for the settings and the CSRF
	 * token of this request, which browsers must not keep
	 * @return the file, or 404
	 */
	@ReadOperation(produces = { MimeTypeUtils.TEXT_HTML_VALUE, UiFiles.CSS, UiFiles.SCRIPT, UiFiles.IMAGE,
			MimeTypeUtils.APPLICATION_JSON_VALUE })
	public WebEndpointResponse<Object> socketUiFile(@Selector(match = Match.ALL_REMAINING) String... file) {
		if (file.length == 1 && file[0].equals(UiFiles.PAGE_JSON)) {
			return respond(this.files.settings(csrf(attributes().getRequest())));
		}
		UiFile found = this.files.find(file);
		return (found != null) ? respond(found) : new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
	}

	private static WebEndpointResponse<Object> respond(UiFile file) {
		HttpServletResponse response = Objects.requireNonNull(attributes().getResponse());
		return file.respond(response::setHeader);
	}

	/** An endpoint has no parameter for these; the dispatcher has put them there. */
	private static ServletRequestAttributes attributes() {
		return (ServletRequestAttributes) RequestContextHolder.currentRequestAttributes();
	}

	private static @Nullable CsrfHeader csrf(HttpServletRequest request) {
		Object token = request.getAttribute("org.springframework.security.web.csrf.CsrfToken");
		return (token != null) ? Security.header(token) : null;
	}

	/** Loaded only if Spring Security has set the token. */
	private static final class Security {

		static CsrfHeader header(Object attribute) {
			CsrfToken token = (CsrfToken) attribute;
			return new CsrfHeader(token.getHeaderName(), token.getToken());
		}

	}

}
