/**
 * What handlers may be given: messages, arguments that the application resolves, and the
 * exceptions of both. For applications.
 */
@NullMarked
package dev.socketserver.handler;

import org.jspecify.annotations.NullMarked;
