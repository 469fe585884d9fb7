/**
 * Decides, when a handler is made, what each parameter of an annotated method is given,
 * and gives it that in each call. Uses the public types of handlers and annotations, and
 * Spring Security where it is on the class path.
 */
@NullMarked
package dev.socketserver.handler.argument;

import org.jspecify.annotations.NullMarked;
