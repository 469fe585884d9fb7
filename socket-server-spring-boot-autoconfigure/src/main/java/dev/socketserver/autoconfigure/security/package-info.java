/**
 * Auto-configuration of what needs Spring Security. Uses interceptors of handlers only.
 */
@NullMarked
package dev.socketserver.autoconfigure.security;

import org.jspecify.annotations.NullMarked;
