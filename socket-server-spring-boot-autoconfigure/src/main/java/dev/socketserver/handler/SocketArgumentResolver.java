package dev.socketserver.handler;

import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;

/**
 * Gives annotated methods of handlers arguments of the application's own. Beans of this
 * type are asked in their order, before the types and annotations that are built in.
 *
 * <pre class="code">
 * &#064;Component
 * class TenantResolver implements SocketArgumentResolver {
 *
 *     public boolean supports(MethodParameter parameter) {
 *         return parameter.getParameterType() == Tenant.class;
 *     }
 *
 *     public Object resolve(MethodParameter parameter, SocketMessage message) {
 *         return this.tenants.of(message.session().remoteAddress());
 *     }
 *
 * }
 * </pre>
 */
public interface SocketArgumentResolver {

	/**
	 * Returns whether this resolver gives arguments for a parameter. Called when the
	 * application starts. For a parameter of type {@code Optional} that no resolver
	 * supports, it is called again with the type within.
	 * @param parameter the parameter of a handler's method
	 * @return whether {@link #resolve} is called for it
	 */
	boolean supports(MethodParameter parameter);

	/**
	 * Returns the argument for a call, on the thread of that call. Calls for different
	 * sessions overlap.
	 * @param parameter the parameter, as {@link #supports} has accepted it
	 * @param message the message; where the method is called without one, its payload and
	 * key are {@code null}
	 * @return the argument, {@code null} for none
	 * @throws Exception as if the method had thrown it
	 */
	@Nullable Object resolve(MethodParameter parameter, SocketMessage message) throws Exception;

}
