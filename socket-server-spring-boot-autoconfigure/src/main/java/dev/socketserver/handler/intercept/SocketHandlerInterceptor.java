package dev.socketserver.handler.intercept;

import org.jspecify.annotations.Nullable;

/**
 * Called in place of each call of the code of a handler, and decides whether that call
 * takes place. All beans of this type are called, in their order: the first one is the
 * outermost. They apply to the handler beans of servers and clients in the properties.
 *
 * <pre class="code">
 * &#064;Bean
 * SocketHandlerInterceptor timing() {
 *     return (call) -&gt; {
 *         long start = System.nanoTime();
 *         try {
 *             return call.proceed();
 *         }
 *         finally {
 *             log(call.session(), call.kind(), System.nanoTime() - start);
 *         }
 *     };
 * }
 * </pre>
 *
 * An interceptor refuses a call by throwing, which has the effect of the same exception
 * from the handler, or by returning without {@link HandlerCall#proceed()}. It runs on the
 * thread of the call, and calls for one session do not overlap. A reply that arrives
 * later, such as that of a {@code CompletionStage}, is sent after it has returned.
 */
@FunctionalInterface
public interface SocketHandlerInterceptor {

	/**
	 * Called in place of a call of a handler.
	 * @param call the call
	 * @return what the call is to return: for a message and a failure the reply, or
	 * {@code null} for none; for details a map; otherwise it has no effect
	 * @throws Exception as if the handler had thrown it
	 */
	@Nullable Object intercept(HandlerCall call) throws Exception;

}
