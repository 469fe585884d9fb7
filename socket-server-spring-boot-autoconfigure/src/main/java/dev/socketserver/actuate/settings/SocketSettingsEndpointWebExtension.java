package dev.socketserver.actuate.settings;

import java.security.Principal;

import dev.socketserver.actuate.RequestParameters;
import dev.socketserver.actuate.RequestParameters.Names;
import dev.socketserver.actuate.WebResponses;
import dev.socketserver.actuate.settings.SocketSettingsEndpoint.RefusalDescriptor;
import dev.socketserver.actuate.settings.SocketSettingsEndpoint.RefusedDescriptor;
import dev.socketserver.operation.BadParameterException;
import dev.socketserver.settings.SettingsConflictException;
import dev.socketserver.settings.SettingsRefusedException;

import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} for the
 * {@link SocketSettingsEndpoint}: the same operations, which refuse with a status of
 * HTTP. Every answer of 400, 404 or 409 has the body <code>{"error": "…"}</code>, that of
 * 422 <code>{"refused": […]}</code>.
 */
@EndpointWebExtension(endpoint = SocketSettingsEndpoint.class)
@RegisterReflectionForBinding({ SocketSettingsEndpoint.SocketSettingsDescriptor.class,
		SocketSettingsEndpoint.EntrySettingsDescriptor.class, SocketSettingsEndpoint.AppliedDescriptor.class,
		RefusedDescriptor.class, WebResponses.ErrorDescriptor.class })
public class SocketSettingsEndpointWebExtension {

	private static final int UNPROCESSABLE = 422;

	private final SocketSettingsEndpoint delegate;

	/**
	 * Creates the extension.
	 * @param delegate the endpoint
	 */
	public SocketSettingsEndpointWebExtension(SocketSettingsEndpoint delegate) {
		this.delegate = delegate;
	}

	/**
	 * Returns what the environment says and is not in force yet, and the last changes.
	 * @return the changes
	 */
	@ReadOperation
	public WebEndpointResponse<OperationResponseBody> socketSettings() {
		return WebResponses.ok(this.delegate::socketSettings);
	}

	/**
	 * Returns the settings of a server or client that are in force.
	 * @param kind {@code servers} or {@code clients}
	 * @param name the name
	 * @return the settings, by key; 404 for another kind or an unknown name
	 */
	@ReadOperation
	public WebEndpointResponse<OperationResponseBody> socketSettingsOf(@Selector String kind, @Selector String name) {
		return WebResponses.ok(() -> this.delegate.socketSettingsOf(kind, name));
	}

	/**
	 * Makes pending changes, and answers when all is through.
	 * @param securityContext who asks
	 * @param request
	 * <ul>
	 * <li>{@code action}: {@code apply}</li>
	 * <li>{@code most}: the greatest verdict of the changes that are made, up to
	 * {@code REMOVE}; by default {@code NEW_SESSIONS}</li>
	 * </ul>
	 * @return what was made, and what was left; 400 if the action is missing or unknown,
	 * or the verdict, or a parameter that there is not; 409 if another change is under
	 * way, a server is starting or draining, or cannot listen with its new settings; 422
	 * if the application could not start with what the environment says
	 */
	@WriteOperation
	public WebEndpointResponse<OperationResponseBody> changeSocketSettings(SecurityContext securityContext,
			@Names({ "action", "most" }) RequestParameters request) {
		Principal principal = securityContext.getPrincipal();
		String by = (principal != null) ? principal.getName() : "actuator";
		try {
			return WebResponses.ok(() -> {
				String action = request.values().get("action");
				if (action == null) {
					throw new BadParameterException("An action is required: apply", "Missing action");
				}
				return this.delegate.change(action, request.values().get("most"), by);
			});
		}
		catch (SettingsRefusedException ex) {
			return new WebEndpointResponse<>(
					new RefusedDescriptor(ex.refused().stream().map(RefusalDescriptor::of).toList()), UNPROCESSABLE);
		}
		catch (SettingsConflictException ex) {
			return WebResponses.error(ex, WebResponses.STATUS_CONFLICT);
		}
	}

}
