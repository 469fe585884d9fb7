/**
 * Finds the handlers among an application's beans, and turns them into the form that the
 * engine takes. What is wrong with one is found here, when the application starts: an
 * {@link dev.socketserver.handler.InvalidHandlerException}.
 */
@NullMarked
package dev.socketserver.handler.bean;

import org.jspecify.annotations.NullMarked;
