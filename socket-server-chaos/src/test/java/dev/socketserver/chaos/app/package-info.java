/**
 * The application that is attacked: servers of several kinds, and what is known of them.
 */
@NullMarked
package dev.socketserver.chaos.app;

import org.jspecify.annotations.NullMarked;
