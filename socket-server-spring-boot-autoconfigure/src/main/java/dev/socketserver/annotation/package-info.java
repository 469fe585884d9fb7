/**
 * Annotations that an application writes on its handlers.
 */
@NullMarked
package dev.socketserver.annotation;

import org.jspecify.annotations.NullMarked;
