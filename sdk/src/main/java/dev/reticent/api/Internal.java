package dev.reticent.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Public to other packages of this project alone; it may change or go with any version.
 *
 * <p>On a package it holds for all types in it. A public member whose signature names an internal
 * type is internal, too; so are constructors of settings, which grow with each key. What is left is
 * the API: each module lists its own in {@code api.txt}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.PACKAGE, ElementType.CONSTRUCTOR, ElementType.METHOD})
public @interface Internal {}
