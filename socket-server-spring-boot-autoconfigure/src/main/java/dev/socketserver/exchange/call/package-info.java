/**
 * What is known of the methods of an interface, and how one is called: its text, its
 * parameters, and the form in which it returns the outcome. Depends on {@code targets}
 * and on the annotations.
 */
@NullMarked
package dev.socketserver.exchange.call;

import org.jspecify.annotations.NullMarked;
