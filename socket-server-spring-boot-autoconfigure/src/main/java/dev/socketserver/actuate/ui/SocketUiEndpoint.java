package dev.socketserver.actuate.ui;

import java.util.Objects;

import dev.socketserver.actuate.history.SocketHistory;
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
	 * @param history what servers and clients were like
	 */
	public SocketUiEndpoint(PageSettings settings, SocketHistory history) {
		this.files = new UiFiles(settings, history);
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
	 * token of this request, which browsers must not keep, or {@code history.json} for
	 * what servers and clients were like in the last minutes
	 * @param since the time after which the history is wanted, in milliseconds since
	 * 1970; all of it by default
	 * @return the file, or 404
	 */
	@ReadOperation(produces = { MimeTypeUtils.TEXT_HTML_VALUE, UiFiles.CSS, UiFiles.SCRIPT, UiFiles.IMAGE,
			MimeTypeUtils.APPLICATION_JSON_VALUE })
	public WebEndpointResponse<Object> socketUiFile(@Selector(match = Match.ALL_REMAINING) String[] file,
			@Nullable Long since) {
		if (file.length == 1 && file[0].equals(UiFiles.PAGE_JSON)) {
			return respond(this.files.settings(csrf(attributes().getRequest())));
		}
		UiFile found = this.files.find(since, file);
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
