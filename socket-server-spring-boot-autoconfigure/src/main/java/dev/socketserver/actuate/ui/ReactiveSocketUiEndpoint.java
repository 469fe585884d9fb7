package dev.socketserver.actuate.ui;

import dev.socketserver.actuate.history.SocketHistory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.filter.reactive.ServerWebExchangeContextFilter;
import org.springframework.web.server.ServerWebExchange;

/**
 * {@link WebEndpoint @WebEndpoint} that serves the page for operators under Spring
 * WebFlux. A {@link ServerWebExchangeContextFilter} must stand before it, or requests
 * fail. Reading only: what the page changes, it changes through the other endpoints.
 */
@WebEndpoint(id = "socketui")
@ImportRuntimeHints(UiFiles.Hints.class)
public class ReactiveSocketUiEndpoint {

	private final UiFiles files;

	/**
	 * Creates the endpoint.
	 * @param settings what the page is given
	 * @param history what servers and clients were like
	 */
	public ReactiveSocketUiEndpoint(PageSettings settings, SocketHistory history) {
		this.files = new UiFiles(settings, history);
	}

	/**
	 * Returns the page.
	 * @return the page
	 */
	@ReadOperation(produces = { MimeTypeUtils.TEXT_HTML_VALUE, MimeTypeUtils.APPLICATION_JSON_VALUE })
	public Mono<WebEndpointResponse<Object>> socketUi() {
		return exchange().map((exchange) -> respond(exchange, this.files.page()));
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
	public Mono<WebEndpointResponse<Object>> socketUiFile(@Selector(match = Match.ALL_REMAINING) String[] file,
			@Nullable Long since) {
		if (file.length == 1 && file[0].equals(UiFiles.PAGE_JSON)) {
			return exchange().flatMap((exchange) -> csrf(exchange).map(this.files::settings)
				.switchIfEmpty(Mono.fromSupplier(() -> this.files.settings(null)))
				.map((settings) -> respond(exchange, settings)));
		}
		UiFile found = this.files.find(since, file);
		return (found != null) ? exchange().map((exchange) -> respond(exchange, found))
				: Mono.just(new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND));
	}

	private static WebEndpointResponse<Object> respond(ServerWebExchange exchange, UiFile file) {
		return file.respond(exchange.getResponse().getHeaders()::set);
	}

	/** An endpoint has no parameter for it; the filter has put it there. */
	private static Mono<ServerWebExchange> exchange() {
		return Mono
			.deferContextual((context) -> Mono.just(ServerWebExchangeContextFilter.getExchange(context).orElseThrow()));
	}

	private static Mono<CsrfHeader> csrf(ServerWebExchange exchange) {
		@Nullable Mono<Object> token = exchange.getAttribute("org.springframework.security.web.server.csrf.CsrfToken");
		return (token != null) ? token.map(Security::header) : Mono.empty();
	}

	/** Loaded only if Spring Security has set the token. */
	private static final class Security {

		static CsrfHeader header(Object attribute) {
			CsrfToken token = (CsrfToken) attribute;
			return new CsrfHeader(token.getHeaderName(), token.getToken());
		}

	}

}
