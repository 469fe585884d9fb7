/**
 * What handlers may be given: messages, arguments that the application resolves, and the
 * exceptions of both. For applications. Also has the exception for a bean that can be no
 * handler, which the rooms below throw.
 */
@NullMarked
package dev.socketserver.handler;

import org.jspecify.annotations.NullMarked;
