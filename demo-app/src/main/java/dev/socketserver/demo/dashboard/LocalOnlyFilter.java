package dev.socketserver.demo.dashboard;

import java.io.IOException;
import java.util.Locale;
import java.util.Set;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Keeps the pages of other sites from using the buttons of the page for operators, which
 * need no password. Only a person at this machine can use them: HTTP listens on the
 * loopback address, the actuator accepts JSON only, which the page of another site cannot
 * send unless this application allows it, and this filter does the rest.
 * <p>
 * It answers only requests that name this machine as their host, so that a site whose
 * name is made to resolve to the loopback address gets no answer.
 */
@Component
class LocalOnlyFilter extends OncePerRequestFilter {

	private static final Set<String> NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		if (!NAMES.contains(request.getServerName().toLowerCase(Locale.ROOT))) {
			response.sendError(HttpServletResponse.SC_FORBIDDEN);
			return;
		}
		chain.doFilter(request, response);
	}

}
