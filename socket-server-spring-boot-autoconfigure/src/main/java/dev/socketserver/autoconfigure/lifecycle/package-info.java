/**
 * Starts and stops what the properties ask for, in the phases of the application, and
 * explains servers that cannot listen. Owns the policy of retries and what keeps the JVM
 * alive. Uses {@code spec}, {@code properties}, {@code registration}, {@code block} and
 * {@code keys}.
 */
@NullMarked
package dev.socketserver.autoconfigure.lifecycle;

import org.jspecify.annotations.NullMarked;
