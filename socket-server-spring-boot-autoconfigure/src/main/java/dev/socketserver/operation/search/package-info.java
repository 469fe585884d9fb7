/**
 * How operators find sessions: filter, order and pages, from the parameters of an
 * endpoint or a command of the console. Uses the errors of {@code operation}.
 */
@NullMarked
package dev.socketserver.operation.search;

import org.jspecify.annotations.NullMarked;
